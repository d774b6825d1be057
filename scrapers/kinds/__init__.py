"""What comes over the network and from elsewhere: feeds, pages, exports, lists of links, repositories."""
