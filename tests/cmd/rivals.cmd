# options: --budget 12
alerts
suspect Deployment/quote confidence=0.6
suspect Service/shipping confidence=0.4 instead-of=1
suspect Deployment/ad confidence=0.3
board
suspect Deployment/ad instead-of=Service/shipping confidence=0.5
submit
suspect Deployment/ad as-well-as=quote
suspect Deployment/ad instead-of=ad
suspect Deployment/ad instead-of=Deployment/cart
board
