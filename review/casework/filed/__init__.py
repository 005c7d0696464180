"""Cases as a charter book records them: coded, dated, and assessed by the rules of treatment."""
