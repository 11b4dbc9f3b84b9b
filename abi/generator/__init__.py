# SPDX-License-Identifier: BSD-3-Clause
"""One module for each generated file; table.py reads and checks the table."""
