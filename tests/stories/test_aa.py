import os, psycopg
from django.db import connection
def test_shift(django_db_setup):
    d=connection.settings_dict
    with psycopg.connect(host=d["HOST"], port=d["PORT"], dbname=d["NAME"], user=d["USER"], password=d["PASSWORD"] or None, autocommit=True) as c:
        c.execute("CREATE SEQUENCE ms_number_2026"); c.execute("SELECT setval('ms_number_2026', %s)" % os.environ["SHIFT"])
