"""/apply/: the host unit's pages, from 我的申报 to the receipt."""
