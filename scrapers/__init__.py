"""Where entries come from: documents are read, scraped into posts and normalised into drafts for the store."""
