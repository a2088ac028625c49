"""The nouns, one file each. Nothing is re-exported; Django finds them by these imports."""

from minsheng.models import approval as approval
from minsheng.models import calls as calls
from minsheng.models import campaign as campaign
from minsheng.models import case as case
from minsheng.models import content as content
from minsheng.models import deadline as deadline
from minsheng.models import event as event
from minsheng.models import liaison as liaison
from minsheng.models import measure as measure
from minsheng.models import participation as participation
from minsheng.models import patrol as patrol
from minsheng.models import people as people
from minsheng.models import places as places
from minsheng.models import publication as publication
from minsheng.models import read as read
from minsheng.models import rules as rules
from minsheng.models import staff as staff
from minsheng.models import work as work
