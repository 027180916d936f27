"""The demo provider, driven over HTTP as a browser and a relying party would."""
