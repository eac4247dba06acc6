"""Where Alembic runs the versions: on the connection, and in the transaction, it is given."""

from alembic import context

from gongkai.store.tables import metadata

if context.is_offline_mode():
    raise SystemExit("迁移只能在数据库上运行：gongkai migrate。")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
