"""Whether the site and its parts are well."""
