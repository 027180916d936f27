"""What is said in German: anmelden, abmelden, der Anmeldedienst, die Sitzung; people are called Sie."""

from __future__ import annotations

GERMAN = {
    'ago_days_one': 'vor {count} Tag',
    'ago_days_other': 'vor {count} Tagen',
    'ago_hours_one': 'vor {count} Stunde',
    'ago_hours_other': 'vor {count} Stunden',
    'ago_minutes_one': 'vor {count} Minute',
    'ago_minutes_other': 'vor {count} Minuten',
    'ago_now': 'gerade eben',
    'allow': '{scopes} erlauben',
    'allow_text': 'Der Anmeldedienst wird Sie um Folgendes bitten: {scopes}. Was Sie hier eingegeben haben, bleibt.',
    'allow_title': 'Hierfür ist Ihre Erlaubnis nötig',
    'another_address_advice': (
        'Sie haben {seen} aufgerufen, Anmeldungen enden aber bei {base_url}, wo Ihr Browser nicht wiedererkannt '
        'würde. Öffnen Sie die App dort.'
    ),
    'app_window': 'App-Fenster',
    'choose_last': 'Hier haben Sie sich zuletzt angemeldet',
    'choose_text': 'Wählen Sie aus, wo Sie ein Konto haben.',
    'choose_title': 'Wo möchten Sie sich anmelden?',
    'covered_another_title': 'Jetzt ist jemand anderes angemeldet',
    'covered_ended_text': 'Was diese Seite von Ihnen gezeigt hat, ist entfernt.',
    'covered_ended_title': 'Sie sind abgemeldet',
    'covered_forbidden_text': 'Hierfür fehlt Ihnen jetzt: {missing}.',
    'covered_text': 'Diese Seite wartet hinter diesem Hinweis. Was Sie eingegeben haben, ist noch da.',
    'device_active': 'Zuletzt aktiv: {ago}',
    'device_active_now': 'Jetzt aktiv',
    'device_end': 'Abmelden',
    'device_end_name': '{name} abmelden',
    'device_end_others': 'Überall sonst abmelden',
    'device_ended': '{name} ist abgemeldet',
    'device_ended_already': '{name} war schon abgemeldet',
    'device_logged_in': 'Angemeldet: {ago}',
    'device_on': '{browser} unter {system}',
    'device_this': 'Dieses Gerät',
    'device_unknown': 'Unbekanntes Gerät',
    'devices_ended_one': 'Ein anderes Gerät ist abgemeldet',
    'devices_ended_other': '{count} andere Geräte sind abgemeldet',
    'devices_more': 'und {count} weitere, auf denen Sie zuletzt vor längerer Zeit aktiv waren',
    'dismiss': 'Schließen',
    'end_session_heading': 'Sie sind hier abgemeldet',
    'end_session_text': 'Auch der Anmeldedienst erfährt davon. Wenn nichts geschieht, setzen Sie es von Hand fort.',
    'end_session_title': 'Abmeldung läuft',
    'ended': '{error}.',
    'error_code': 'Fehlercode',
    'error_code_line': 'Code: {code}',
    'forbidden': 'Sie dürfen diese Seite nicht sehen',
    'forbidden_check': 'Die Seite {page} ist, soweit diese App weiß, nicht für Sie.',
    'forbidden_role': 'Die Seite {page} ist für Personen mit der Rolle {missing}. Ihre Rollen: {granted}.',
    'forbidden_scope': (
        'Die Seite {page} braucht, was der Anmeldedienst Ihnen nicht gewährt hat: {missing}. Gewährt hat er: {granted}.'
    ),
    'go_back_heading': 'Kehren Sie zur App zurück',
    'go_back_text': 'Die Seite, von der Sie kommen, hat jetzt die Antwort. Sie können diese hier schließen.',
    'go_back_title': 'Zurück',
    'home': 'Startseite',
    'lacks': 'Hierfür fehlt Ihnen: {missing}.',
    'lives_on': (
        'Beim Anmeldedienst sind Sie vielleicht noch angemeldet; wenn andere diesen Browser benutzen, melden Sie '
        'sich auch dort ab.'
    ),
    'load_anew': 'Seite neu laden',
    'log_in': 'Anmelden',
    'log_in_again': 'Erneut anmelden',
    'log_in_as_another': 'Als jemand anderes anmelden',
    'log_in_as_yourself': 'Als Sie selbst anmelden',
    'log_out': 'Abmelden',
    'log_out_there': 'Auch dort abmelden',
    'logged_out_already': 'Sie sind schon abgemeldet',
    'logged_out_everywhere': 'Sie sind abgemeldet, in allen Tabs dieses Browsers.',
    'logged_out_here': 'Sie sind hier nicht mehr angemeldet.',
    'logged_out_only_here': 'Sie sind hier abgemeldet',
    'logged_out_only_here_text': 'Beim Anmeldedienst sind Sie vielleicht noch angemeldet.',
    'logout_failed': 'Die Abmeldung ist fehlgeschlagen. {error}. {advice}',
    'logout_text': 'Damit melden Sie sich in allen Tabs dieses Browsers ab.',
    'logout_text_there': 'Damit melden Sie sich in allen Tabs dieses Browsers ab, und auch beim Anmeldedienst.',
    'logout_title': 'Abmelden?',
    'missing_check': 'eine Berechtigung, die hier verlangt wird',
    'missing_role': 'die Rolle {name}',
    'missing_scope': 'die Freigabe {name}',
    'needs_script': (
        'Ihr Browser führt hier keines aus. Erlauben Sie es für diese Website und laden Sie die Seite dann neu.'
    ),
    'needs_script_title': 'Diese App braucht JavaScript',
    'no_cookie_advice': (
        '{advice} Die App ist unter {base_url} zu erreichen, diese Anfrage kam aber bei {seen} an: Das kann der '
        'Grund sein.'
    ),
    'no_cookies': (
        'Ohne sie ist keine Anmeldung möglich. Erlauben Sie Cookies und Websitedaten für diese Website und laden '
        'Sie die Seite dann neu.'
    ),
    'no_cookies_title': 'Ihr Browser speichert hier keine Cookies',
    'not_now': 'Nicht jetzt',
    'nothing': 'keine',
    'nothing_left': 'Es ist nichts weiter zu tun.',
    'please_log_in': 'Bitte melden Sie sich an',
    'please_log_in_text': 'Melden Sie sich an, um diese Seite zu sehen: {page}.',
    'provider_says': 'Der Anmeldedienst sagt: „{words}“',
    'retrying': '{error}. Sie sind noch angemeldet; es wird von selbst noch einmal versucht.',
    'retrying_expired': (
        '{error}, und das Zugriffstoken ist abgelaufen. Es wird weiter von selbst versucht; Sie können sich auch '
        'erneut anmelden.'
    ),
    'run_the_doctor': 'Einstellungen prüfen',
    'sign_in_service': 'der Anmeldedienst',
    'signed_in_elsewhere': 'Sie sind jetzt angemeldet. Laden Sie diese Seite neu, um sie als Sie selbst zu sehen.',
    'silent_heading': 'Hier gibt es nichts zu sehen',
    'silent_link': 'Zur App',
    'silent_text': (
        'Diese Seite arbeitet im Hintergrund: Die App öffnet sie in einem unsichtbaren Rahmen, damit Sie '
        'angemeldet bleiben.'
    ),
    'silent_title': 'Stille Erneuerung',
    'soon_idle': (
        'Sie werden in weniger als einer Minute abgemeldet, da niemand hier ist. Berühren Sie irgendetwas, um zu '
        'bleiben.'
    ),
    'soon_too_old': (
        'Sie werden in weniger als einer Minute abgemeldet, da Ihre Sitzung so lange gedauert hat, wie sie darf.'
    ),
    'stay_logged_in': 'Angemeldet bleiben',
    'step_up_text': 'Hierfür ist eine neuere oder stärkere Anmeldung nötig. Was Sie hier eingegeben haben, bleibt.',
    'step_up_title': 'Bitte melden Sie sich noch einmal an',
    'still_logged_in': 'Sie sind noch angemeldet',
    'still_logged_in_sentence': 'Sie sind noch angemeldet.',
    'switch_to_them': 'Zur anderen Person wechseln',
    'try_again': 'Noch einmal versuchen',
    'wait_then_try_again': 'Warten Sie einen Moment und versuchen Sie es dann noch einmal.',
}
