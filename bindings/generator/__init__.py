# SPDX-License-Identifier: BSD-3-Clause
"""headers.py reads the public headers; one module for each generated file."""
