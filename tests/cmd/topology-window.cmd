window 2025-12-15T16:58:00Z 2025-12-15T17:04:00Z
topology checkout
topology limit=4
paths hop limit=2
changes limit=2
topology limit=2 all=yes
