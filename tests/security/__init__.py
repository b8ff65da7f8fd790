"""What an attacker may try, by the part that is not trusted; ``docs/security.md`` names these tests."""
