"""Our own DICOMweb service (PS3.18 chapter 10): the same gate and the same grants as the rest of the site.

A view is written like this; the rule resolves the study by its UID among those that the caller may see, and the view
gets the grant in its place:

    @study_scoped(Right.VIEW, api=True, identified=True)
    @endpoint("Retrieve Study Metadata", METADATA)
    def study_metadata(request: Request, grant: StudyGrant) -> HttpResponseBase: ...

Raw DICOM needs Right.DOWNLOAD; metadata and rendered pictures need Right.VIEW. `identified` refuses a grant without
identity with the 404 of nothing. `choose` or `acceptable` pick from the offers; errors are raised as
`problems.Problem` and leave as problem documents.
"""
