"""The pages: each view asks queries for what it shows and hands it to a template. No rule, no arithmetic."""
