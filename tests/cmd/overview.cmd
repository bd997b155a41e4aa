briefing
info limit=3
alerts
alerts background=yes limit=3 offset=12
events type=warning
topology
changes
