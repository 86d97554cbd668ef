"""What the scenarios stand on: the real program, a mail server, a browser, a local S3. Everything lies below the build folder."""
