"""Where images are made public: an S3-compatible bucket. Needs the extra `publisher[s3]`.

Intercom has no upload; it copies an image from a public address when the article is
written, and caches by file name. So names carry the digest of their bytes, and a name that
is there already never needs uploading again.
"""
