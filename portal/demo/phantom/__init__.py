"""A made-up person: chest and upper abdomen, drawn as a CT, as an MR and described in a report. Nobody's data."""
