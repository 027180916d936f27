"""What errors say in German, by their codes."""

from __future__ import annotations

GERMAN_ERRORS = {
    'error.access_denied.advice': (
        'Die Anmeldung wurde abgebrochen, oder dieses Konto darf die App nicht benutzen. Sie können es noch '
        'einmal versuchen.'
    ),
    'error.access_denied.title': 'Sie wurden nicht angemeldet',
    'error.acr_too_low.advice': (
        'Hierfür ist eine stärkere nötig, etwa mit einem zweiten Faktor. Wenn Sie vorher angemeldet '
        'waren, sind Sie es noch.'
    ),
    'error.acr_too_low.title': 'Diese Art der Anmeldung reicht hier nicht',
    'error.address_too_long.advice': (
        'Eine Anmeldung kann nicht zu ihr zurückführen. Melden Sie sich erst an und öffnen Sie die Adresse dann '
        'noch einmal.'
    ),
    'error.address_too_long.title': 'Die Adresse dieser Seite ist zu lang',
    'error.another_address.advice': (
        'Anmeldungen enden dort, wo Ihr Browser nicht wiedererkannt würde. Öffnen Sie die App unter ihrer eigenen '
        'Adresse.'
    ),
    'error.another_address.title': 'Diese App ist unter einer anderen Adresse zu öffnen',
    'error.another_browser.advice': (
        'Zu Ihrer Sicherheit kann sie nur dort abgeschlossen werden, wo sie begonnen hat. Bitte melden Sie sich '
        'hier erneut an.'
    ),
    'error.another_browser.title': 'Diese Anmeldung hat in einem anderen Browser begonnen',
    'error.another_user.advice': (
        'Von dieser Person wurde nichts verwendet. Sie können sich wieder als Sie selbst anmelden oder zu ihr wechseln.'
    ),
    'error.another_user.title': 'Beim Anmeldedienst ist jemand anderes angemeldet',
    'error.answer_unreadable.advice': (
        'Nichts davon wurde verwendet. Wenn ein neuer Versuch nicht hilft, nennen Sie den Betreibern dieser App '
        'den Code unten.'
    ),
    'error.answer_unreadable.title': 'Der Anmeldedienst antwortet in einer Form, die diese App nicht lesen kann',
    'error.api_slow.advice': (
        'Ob sie ausgeführt hat, was verlangt war, ist nicht bekannt. Sie bleiben angemeldet; versuchen Sie es '
        'gleich noch einmal.'
    ),
    'error.api_slow.title': 'Die API hat nicht rechtzeitig geantwortet',
    'error.api_unreachable.advice': (
        'Vielleicht ist sie außer Betrieb, oder ihre Adresse (API_URL) ist falsch. Sie bleiben angemeldet; '
        'versuchen Sie es gleich noch einmal.'
    ),
    'error.api_unreachable.title': 'Die API ist nicht erreichbar',
    'error.auth_time_too_old.advice': (
        'Hierfür ist eine neue Anmeldung nötig, und der Anmeldedienst hat Sie nicht gefragt. Wenn Sie '
        'vorher angemeldet waren, sind Sie es noch.'
    ),
    'error.auth_time_too_old.title': 'Sie haben sich nicht neu ausgewiesen',
    'error.browser_needed.advice': (
        'Nur eine offene Seite dieser App könnte es erneuern, und es ist keine offen: öffnen Sie eine. Damit es ohne '
        'sie geht, müssen die, die diese App betreiben, ein Refresh-Token anfordern (offline_access in OIDC_SCOPE).'
    ),
    'error.browser_needed.title': 'Das Zugriffstoken ist abgelaufen',
    'error.client_refused.advice': (
        'Wer diese App betreibt, muss ihre Einstellungen in Ordnung bringen; bitte geben Sie dort den Code unten an.'
    ),
    'error.client_refused.title': 'Der Anmeldedienst lässt diese App nicht zu',
    'error.client_secret_unavailable.advice': (
        'Es wurde nichts dorthin gesandt. Warten Sie einen Moment; geschieht es wieder, sagen Sie denen Bescheid, die '
        'diese App betreiben.'
    ),
    'error.client_secret_unavailable.title': 'Diese App bekommt ihren eigenen Schlüssel zum Anmeldedienst nicht',
    'error.code_refused.advice': (
        'Der Anmeldedienst nimmt seine eigene Antwort nicht mehr an. Bitte melden Sie sich erneut an.'
    ),
    'error.code_refused.title': 'Die Anmeldung hat zu lange gedauert',
    'error.cookie_withheld.advice': (
        'Wahrscheinlich verbirgt Ihr Browser dessen Cookies vor dieser Seite, da sie zu einer anderen Website '
        'gehört. Erlauben Sie diese Cookies, oder melden Sie sich jedes Mal erneut an, wenn Sie gefragt werden.'
    ),
    'error.cookie_withheld.title': 'Der Anmeldedienst erkennt Sie im Hintergrund nicht',
    'error.denied.advice': (
        'Sie sind, wer Sie sagen, aber dieses Konto darf die App nicht benutzen. Sie können sich mit einem anderen '
        'anmelden.'
    ),
    'error.denied.title': 'Diese App lässt Sie nicht ein',
    'error.discovery_invalid.advice': (
        'Wer diese App betreibt, muss ihre Einstellungen in Ordnung bringen; bitte geben Sie dort den Code unten an.'
    ),
    'error.discovery_invalid.title': 'Der Anmeldedienst beschreibt sich nicht wie erwartet',
    'error.error.advice': (
        'Bitte versuchen Sie es noch einmal. Wenn es wieder geschieht, wenden Sie sich an die Betreiber dieser App.'
    ),
    'error.error.title': 'Etwas ist schiefgegangen',
    'error.forged_request.advice': 'Nichts hat sich geändert. Bitte benutzen Sie die Schaltfläche in der App.',
    'error.forged_request.title': 'Diese Anfrage kam nicht aus dieser App',
    'error.frame_blocked.advice': (
        'Ihre Content-Security-Policy lässt keinen Rahmen den Anmeldedienst öffnen; die Betreiber dieser App '
        'müssen ihn in frame-src nennen.'
    ),
    'error.frame_blocked.title': 'Die Richtlinie dieser Seite blockiert die stille Erneuerung',
    'error.frame_silent.advice': (
        'Der Anmeldedienst ist nicht erreichbar oder antwortet nicht im Hintergrund: Vielleicht verbietet er die '
        'Anzeige in einem Rahmen, kennt die Adresse /silent dieser App nicht, oder eine Erweiterung Ihres '
        'Browsers blockiert den unsichtbaren Rahmen.'
    ),
    'error.frame_silent.title': 'Die stille Erneuerung blieb ohne Antwort',
    'error.id_token_algorithm.advice': (
        'Die Betreiber dieser App müssen beim Anmeldedienst eine andere Signatur für ID-Token wählen, etwa RS256; '
        'bitte nennen Sie ihnen den Code unten.'
    ),
    'error.id_token_algorithm.title': 'Der Anmeldedienst signiert auf eine Weise, die diese App nicht prüfen kann',
    'error.id_token_encrypted.advice': (
        'Diese App hat keinen Schlüssel, um ihn zu lesen. Ihre Betreiber müssen beim Anmeldedienst die '
        'Verschlüsselung der ID-Token für sie abschalten; bitte nennen Sie ihnen den Code unten.'
    ),
    'error.id_token_encrypted.title': 'Der Anmeldedienst verschlüsselt den Nachweis, wer Sie sind',
    'error.invalid_id_token.advice': (
        'Der Nachweis, wer Sie sind, hat eine Prüfung nicht bestanden und wurde nicht verwendet. Bitte melden Sie '
        'sich erneut an.'
    ),
    'error.invalid_id_token.title': 'Die Anmeldung konnte nicht überprüft werden',
    'error.invalid_response.advice': (
        'Sie wurde nicht verwendet, und nichts hat sich geändert. Bitte beginnen Sie die Anmeldung in dieser App.'
    ),
    'error.invalid_response.title': 'Die Antwort des Anmeldedienstes ergibt keinen Sinn',
    'error.invalid_target.advice': (
        'Ihre Sitzung ist, wie sie war. Die, die diese App betreiben, müssen ihr die Schnittstelle beim Anmeldedienst '
        'erlauben oder deren Namen berichtigen.'
    ),
    'error.invalid_target.title': 'Der Anmeldedienst lässt diese App nicht an die Schnittstelle',
    'error.login_hook_failed.advice': (
        'In der App ging etwas schief, und niemand wurde angemeldet. Warten Sie einen Moment und versuchen Sie es dann '
        'noch einmal.'
    ),
    'error.login_hook_failed.title': 'Diese App konnte Sie gerade nicht einlassen',
    'error.login_required.advice': 'Ihre Sitzung beim Anmeldedienst ist beendet, oder er hat eine Frage an Sie.',
    'error.login_required.title': 'Bitte melden Sie sich erneut an',
    'error.mixed_up.advice': (
        'Sie wurde nicht verwendet, und nichts von Ihnen wurde preisgegeben. Bitte melden Sie sich erneut an.'
    ),
    'error.mixed_up.title': 'Die Antwort kam von einem anderen Anmeldedienst als dem gefragten',
    'error.no_browser.advice': 'Es wird noch einmal versucht, sobald eine Seite dieser App verbunden ist.',
    'error.no_browser.title': 'Die Seite ist nicht verbunden',
    'error.no_cookie.advice': (
        'Entweder speichert er für diese Website keine Cookies, oder diese Anmeldung hat in einem anderen Browser '
        'begonnen. Erlauben Sie Cookies und Websitedaten für diese Website und melden Sie sich dann erneut an.'
    ),
    'error.no_cookie.title': 'Ihr Browser hat das Cookie dieser App nicht gesendet',
    'error.no_system_browser.advice': (
        'Wählen Sie auf diesem Rechner einen Standardbrowser, oder starten Sie die App mit NATIVE_LOGIN=window.'
    ),
    'error.no_system_browser.title': 'Ihr Browser konnte nicht geöffnet werden',
    'error.nothing_to_renew_with.advice': (
        'Dieser App fehlt, womit sie das könnte: ein Refresh-Token, das sie verwenden darf. Bitte melden Sie sich '
        'erneut an.'
    ),
    'error.nothing_to_renew_with.title': 'Diese Sitzung kann nicht im Hintergrund erneuert werden',
    'error.provider_failed.advice': (
        'Er hat mit einem eigenen Fehler geantwortet. Warten Sie einen Moment und versuchen Sie es dann noch einmal.'
    ),
    'error.provider_failed.title': 'Der Anmeldedienst hat ein Problem',
    'error.provider_gone.advice': 'Bitte melden Sie sich erneut an, auf einem der Wege, die es jetzt gibt.',
    'error.provider_gone.title': (
        'Sie wurden abgemeldet, da diese App den Anmeldedienst nicht mehr verwendet, über den Sie kamen'
    ),
    'error.provider_unreachable.advice': (
        'Prüfen Sie, ob Sie online sind, warten Sie einen Moment und versuchen Sie es dann noch einmal.'
    ),
    'error.provider_unreachable.title': 'Der Anmeldedienst ist nicht erreichbar',
    'error.refresh_token_refused.advice': (
        'Sie bestand zu lange oder wurde absichtlich beendet. Bitte melden Sie sich erneut an.'
    ),
    'error.refresh_token_refused.title': 'Der Anmeldedienst hat Ihre Sitzung beendet',
    'error.renewal_too_soon.advice': 'Der Anmeldedienst wurde nicht gefragt.',
    'error.renewal_too_soon.title': 'Für einen neuen Versuch ist es zu früh',
    'error.response_encoded.advice': (
        'Er sendet seine Antworten als signiertes Token (JARM). Die Betreiber dieser App müssen dort einen '
        'einfachen Antwortmodus für sie wählen; bitte nennen Sie ihnen den Code unten.'
    ),
    'error.response_encoded.title': 'Der Anmeldedienst antwortet in einer Form, die diese App nicht lesen kann',
    'error.session_ended.advice': 'Bitte melden Sie sich an, um fortzufahren.',
    'error.session_ended.title': 'Sie sind abgemeldet',
    'error.session_idle.advice': 'Bitte melden Sie sich an, um fortzufahren.',
    'error.session_idle.title': 'Sie wurden abgemeldet, da niemand hier war',
    'error.session_too_old.advice': 'Bitte melden Sie sich an, um fortzufahren.',
    'error.session_too_old.title': 'Sie wurden abgemeldet, da Ihre Sitzung so lange gedauert hat, wie sie darf',
    'error.settings.advice': (
        'Wer diese App betreibt, muss ihre Einstellungen in Ordnung bringen; bitte geben Sie dort den Code unten an.'
    ),
    'error.settings.title': 'Eine Einstellung ergibt keinen Sinn',
    'error.sign_in_expired.advice': (
        'Sie hat länger als zehn Minuten gedauert oder wurde schon abgeschlossen. Bitte melden Sie sich erneut an.'
    ),
    'error.sign_in_expired.title': 'Diese Anmeldung ist nicht mehr gültig',
    'error.signed_out_by_admin.advice': 'Bitte melden Sie sich an, um fortzufahren.',
    'error.signed_out_by_admin.title': 'Sie wurden von der Administration abgemeldet',
    'error.signed_out_elsewhere.advice': 'Bitte melden Sie sich an, um fortzufahren.',
    'error.signed_out_elsewhere.title': 'Sie haben sich hier selbst abgemeldet, auf einem anderen Ihrer Geräte',
    'error.store_failed.advice': 'Warten Sie einen Moment und versuchen Sie es dann noch einmal.',
    'error.store_failed.title': 'Diese App erreicht ihren eigenen Speicher nicht',
    'error.token_expired.advice': (
        'Es konnte bisher nicht erneuert werden und wird noch einmal versucht. Bitte versuchen Sie es gleich wieder.'
    ),
    'error.token_expired.title': 'Das Zugriffstoken ist abgelaufen',
    'error.too_many_renewals.advice': (
        'Ihre Sitzung ist, wie sie war. Versuchen Sie es in einer halben Minute noch einmal.'
    ),
    'error.too_many_renewals.title': 'Das wurde gerade sehr oft erneuert',
    'error.userinfo_unusable.advice': (
        'Der Nachweis, wer Sie sind, hat eine Prüfung nicht bestanden und wurde nicht verwendet. Bitte melden Sie '
        'sich erneut an.'
    ),
    'error.userinfo_unusable.title': 'Was der Anmeldedienst über Sie sagt, konnte nicht überprüft werden',
}
