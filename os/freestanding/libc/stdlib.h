// SPDX-License-Identifier: BSD-3-Clause
// libfdt's headers include it, and use nothing of it.
