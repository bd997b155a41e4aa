# options: --json
alerts limit=1
events limit=1
logs limit=1
objects kind=Deployment limit=1
traces limit=1
board
nosuch
