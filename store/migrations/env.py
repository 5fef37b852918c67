"""What alembic runs: the migrations, in the transaction that `upgrade` hands over."""

from alembic import context

from store.tables import metadata


def run_migrations() -> None:
    """Run on the caller's connection; committing is the caller's."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # absent where this is only imported
    run_migrations()
