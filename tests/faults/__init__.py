"""What breaks around a run: disks, files, permissions."""
