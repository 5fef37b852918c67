"""Which archived bytes are needed: those that a row refers to."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, exists, union

from store import tables


def iter_referenced(
    connection: Connection,
    gone_page: ColumnElement[bool] | None = None,
    gone_failure: ColumnElement[bool] | None = None,
) -> Iterator[str]:
    """The hash of each body that a row refers to, in their order, each once.

    With conditions, as it will be once those rows of `page` and of `quarantine` are gone.
    """
    page, version = tables.page.c, tables.release_version.c
    pages = tables.page.select().with_only_columns(page.sha256.label("sha256"))
    failures = tables.quarantine.select().with_only_columns(tables.quarantine.c.page_sha256)
    failures = failures.where(tables.quarantine.c.page_sha256.is_not(None))
    versions = tables.release_version.select().with_only_columns(version.page_sha256)
    versions = versions.where(version.page_sha256.is_not(None))
    if gone_page is not None:
        pages = pages.where(~gone_page)
        read = exists().where(page.release_id == version.release_id, page.sha256 == version.page_sha256, gone_page)
        versions = versions.where(~read)
    if gone_failure is not None:
        failures = failures.where(~gone_failure)
    found = union(pages, failures, versions)
    rows = connection.execution_options(yield_per=1000).execute(found.order_by("sha256"))
    return iter(rows.scalars())
