"""Pull: what is live becomes files again, block by block, proven before it is written."""
