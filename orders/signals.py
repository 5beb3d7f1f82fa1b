"""What orders tell the apps after them. Sent inside the transaction of the change, once for many orders.

* `orders_checked`: `order_ids` (those in review whose goods, addresses and prices were looked at just now, before any
  rule runs) and `at`. A receiver may raise exceptions on them.
"""

from django.dispatch import Signal

orders_checked = Signal()
