"""Plain HTTP: routes, cookies, headers. No pages."""
