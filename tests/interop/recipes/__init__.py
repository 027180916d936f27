"""The recipes of docs/deployments.md, at a real provider that enforces what each is for."""
