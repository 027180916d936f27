"""Every text that the package shows to people, in each language, and which language a request is answered in."""

from .language import present_language
from .texts import GIVEN, Texts

texts = Texts(present_language, GIVEN)  # in the language of the request that is being answered
