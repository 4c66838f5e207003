"""From lists of names to one basis for a plan: registries brought into line with a survey."""
