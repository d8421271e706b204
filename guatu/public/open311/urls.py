"""Addresses of the endpoint. A suffix names the format; a slash at the end, or one too many before, does no harm."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from guatu.public.open311 import requests, services, updates
from guatu.public.open311.frame import endpoint, nothing_here
from guatu.public.open311.posting import post


class Suffix(StringConverter):
    regex = r"(?:\.xml|\.json)?/?"


class Word(StringConverter):
    """As short as possible, so that the suffix stays outside."""

    regex = r"[^/]+?"


class Code(StringConverter):
    """A service's code may hold slashes: GB/T 30428.2-2013|matter|0113."""

    regex = r".+?"


register_converter(Suffix, "suffix")
register_converter(Word, "bare")
register_converter(Code, "code")

_ADDRESSES = [
    ("discovery<suffix:suffix>", endpoint(GET=services.discovery), "discovery"),
    ("services<suffix:suffix>", endpoint(GET=services.listed), "services"),
    ("services/<code:service_code><suffix:suffix>", endpoint(GET=services.definition), "service"),
    ("requests<suffix:suffix>", endpoint(GET=requests.listed, POST=post), "requests"),
    ("requests/<bare:number><suffix:suffix>", endpoint(GET=requests.one), "request"),
    ("tokens/<bare:token><suffix:suffix>", endpoint(GET=requests.token), "token"),
    ("servicerequestupdates<suffix:suffix>", endpoint(GET=updates.listed, POST=updates.post), "updates"),
    ("<path:rest>", endpoint(GET=nothing_here, POST=nothing_here), "nothing"),
]

app_name = "open311"
urlpatterns = [
    path("", endpoint(GET=services.discovery), name="root"),
    # clients that put a slash between an address that ends with one and the resource
    path("/", include([path(address, view) for address, view, _name in _ADDRESSES[:-1]])),
    *[path(address, view, name=name) for address, view, name in _ADDRESSES],
]
