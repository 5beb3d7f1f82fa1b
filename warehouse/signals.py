"""What the warehouse tells the apps after it. Each is sent inside the transaction of the change, once for many notes.

Every receiver gets `by` (Employee or None for the system) and `at` (the moment of the change), and besides:

* `parcel_shipped`: `notes` (list of DispatchNote, shipped now, with `carrier` and `waybill`), `batch` (UUID or None).
* `shipment_undone`: `notes` (now packed again) and `reason`.
* `note_cancelled`: `notes` (now cancelled, their stock released) and `reason`.
* `note_stopped` and `note_resumed`: `notes` and `reason`.
* `parcel_news`: `parcels` (list of Parcel with `note` loaded, whose `state` has changed just now) and `before`
  (dict from the parcel's id to the state it was in).
"""

from django.dispatch import Signal

parcel_shipped = Signal()
shipment_undone = Signal()
note_cancelled = Signal()
note_stopped = Signal()
note_resumed = Signal()
parcel_news = Signal()
