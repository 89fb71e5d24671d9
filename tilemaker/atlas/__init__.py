"""What there is to look at, and the part each caller may see; reading, generating and writing configurations."""
