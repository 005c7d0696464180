"""Set-up, commands, ceremony, migrations and the demo: whatever joins the other packages."""
