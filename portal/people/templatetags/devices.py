"""`{% load devices %}{{ session.user_agent|device_name }}`."""

from django import template

from portal.people.devices import device_name

register = template.Library()
register.filter("device_name", device_name)
