"""The demo provider's protocol, on Authlib's server framework: messages in, messages out, with no HTTP and no pages."""
