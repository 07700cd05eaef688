"""What `./run` calls: standard library only, so that it works before anything is installed.

Nothing here knows Django or the business; `portal.settings.testing` and the tests borrow `database` from it.
"""
