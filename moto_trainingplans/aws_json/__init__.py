"""What the faces of JSON services share: bytes, validation, pages, errors, permissions."""
