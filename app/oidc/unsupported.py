"""Forms of answers that the specifications allow and this app does not read: each has an error of its own.

ProviderFailed
└── AnswerUnreadable          a form, or a JWT, where JSON is due; JSON with a member twice
InvalidResponse
└── ResponseEncoded           the authorization response is a JWT (JARM), which was not asked for
InvalidIdToken
├── IdTokenEncrypted          for a key that this app does not have
├── AlgorithmUnsupported      signed in a way that is not, or cannot be, verified with the provider's keys
└── InvalidUserinfo           for the log only, since userinfo is optional
"""

from __future__ import annotations

from ..errors import InvalidIdToken, InvalidResponse, ProviderFailed


class AnswerUnreadable(ProviderFailed):
    code = 'answer_unreadable'
    title = 'The sign-in service answers in a form that this app cannot read'
    advice = 'Nothing was used. If trying again does not help, tell the people who run this app the code below.'


class ResponseEncoded(InvalidResponse):
    code = 'response_encoded'
    title = 'The sign-in service answers in a form that this app cannot read'
    advice = (
        'It sends its answers as a signed token (JARM). The people who run this app have to choose a plain response '
        'mode for it there; please tell them the code below.'
    )


class IdTokenEncrypted(InvalidIdToken):
    code = 'id_token_encrypted'
    title = 'The sign-in service encrypts the proof of who you are'
    advice = (
        'This app has no key to read it. The people who run this app have to turn the encryption of ID tokens off for '
        'it at the sign-in service; please tell them the code below.'
    )


class AlgorithmUnsupported(InvalidIdToken):
    code = 'id_token_algorithm'
    title = 'The sign-in service signs in a way that this app cannot verify'
    advice = (
        'The people who run this app have to choose another signature for ID tokens at the sign-in service, such as '
        'RS256; please tell them the code below.'
    )


class InvalidUserinfo(InvalidIdToken):
    code = 'userinfo_unusable'
    title = 'What the sign-in service says about you could not be verified'
