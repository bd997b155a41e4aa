checks
checks severity=info limit=4 offset=2
checks quote
checks rule=image-pull
checks fresh=yes
checks at=17:00:00 limit=2
checks rule=chaos rules=yes
