"""From the text of a cell to a value: one file per kind of value, all of it SQL."""

from .column import codes as codes
from .column import field as field
from .field import Field as Field
from .field import staged as staged
from .field import verdict as verdict
from .shapes import DAY as DAY
from .shapes import RESOLUTIONS as RESOLUTIONS
from .zone_columns import zone_names as zone_names
