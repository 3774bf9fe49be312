"""What the site says in its own voice, per locale; English where a language is missing.

Counts avoid plural forms beyond one and many: Arabic has six, so it uses a wording that
stands with any number. Dates are written out by a pattern, since there is no locale data
in the standard library.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

RIGHT_TO_LEFT = frozenset({"ar", "he"})
STANDS_FOR = MappingProxyType({"pt": "pt-BR"})

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "ar": "العربية", "bg": "Български", "bs": "Bosanski", "ca": "Català", "cs": "Čeština",
        "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά", "en": "English", "es": "Español",
        "et": "Eesti", "fi": "Suomi", "fr": "Français", "he": "עברית", "hr": "Hrvatski",
        "hu": "Magyar", "id": "Bahasa Indonesia", "it": "Italiano", "ja": "日本語",
        "ko": "한국어", "lt": "Lietuvių", "lv": "Latviešu", "mn": "Монгол",
        "nb": "Norsk bokmål", "nl": "Nederlands", "pl": "Polski", "pt": "Português",
        "pt-BR": "Português (Brasil)", "ro": "Română", "ru": "Русский", "sl": "Slovenščina",
        "sr": "Српски", "sv": "Svenska", "tr": "Türkçe", "vi": "Tiếng Việt",
        "zh-CN": "简体中文", "zh-TW": "繁體中文",
    }
)  # fmt: skip

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "skip": "Skip to content",
            "headline": "How can we help?",
            "search": "Search",
            "search_for": "Search for articles",
            "all": "All collections",
            "article": "{n} article",
            "articles": "{n} articles",
            "by": "Written by {name}",
            "updated": "Updated {date}",
            "contents": "On this page",
            "trail": "You are here",
            "language": "Language",
            "untranslated": "not available",
            "answered": "Did this answer your question?",
            "inert": "Answers are counted in Intercom only.",
            "sad": "No",
            "neutral": "Partly",
            "happy": "Yes",
            "before": "Previous article",
            "after": "Next article",
            "results": "{n} results for “{query}”",
            "result": "{n} result for “{query}”",
            "no_results": "No results for “{query}”",
            "try": "Check the spelling, use fewer words, or browse the collections.",
            "ask": "Type what you are looking for.",
            "lost": "This page is not here",
            "lost_why": "It may have moved, or the address may be mistyped.",
            "missing": "Not available in {language} yet",
            "missing_why": "This page is not published in this language. You can read it in:",
            "home": "Go to the home page",
            "empty": "There are no articles here yet.",
            "copy_code": "Copy",
            "code_copied": "Copied",
            "date": "{month} {day}, {year}",
            "months": "January February March April May June July August September October"
            " November December",
        },
        "fr": {
            "skip": "Aller au contenu",
            "headline": "Comment pouvons-nous vous aider ?",
            "search": "Rechercher",
            "search_for": "Rechercher des articles",
            "all": "Toutes les collections",
            "article": "{n} article",
            "articles": "{n} articles",
            "by": "Écrit par {name}",
            "updated": "Mis à jour le {date}",
            "contents": "Sur cette page",
            "trail": "Vous êtes ici",
            "language": "Langue",
            "untranslated": "non disponible",
            "answered": "Avez-vous trouvé la réponse à votre question ?",
            "inert": "Les réponses ne sont comptées que dans Intercom.",
            "sad": "Non",
            "neutral": "En partie",
            "happy": "Oui",
            "before": "Article précédent",
            "after": "Article suivant",
            "results": "{n} résultats pour « {query} »",
            "result": "{n} résultat pour « {query} »",
            "no_results": "Aucun résultat pour « {query} »",
            "try": "Vérifiez l’orthographe, utilisez moins de mots ou parcourez les collections.",
            "ask": "Saisissez ce que vous cherchez.",
            "lost": "Cette page est introuvable",
            "lost_why": "Elle a peut-être été déplacée, ou l’adresse est mal saisie.",
            "missing": "Pas encore disponible en français",
            "missing_why": "Cette page n’est pas publiée dans cette langue. Elle existe en :",
            "home": "Aller à l’accueil",
            "empty": "Il n’y a pas encore d’articles ici.",
            "copy_code": "Copier",
            "code_copied": "Copié",
            "date": "{day} {month} {year}",
            "months": "janvier février mars avril mai juin juillet août septembre octobre"
            " novembre décembre",
        },
        "de": {
            "skip": "Zum Inhalt springen",
            "headline": "Wie können wir helfen?",
            "search": "Suchen",
            "search_for": "Artikel suchen",
            "all": "Alle Sammlungen",
            "article": "{n} Artikel",
            "articles": "{n} Artikel",
            "by": "Verfasst von {name}",
            "updated": "Aktualisiert am {date}",
            "contents": "Auf dieser Seite",
            "trail": "Sie sind hier",
            "language": "Sprache",
            "untranslated": "nicht verfügbar",
            "answered": "Hat das Ihre Frage beantwortet?",
            "inert": "Antworten werden nur in Intercom gezählt.",
            "sad": "Nein",
            "neutral": "Teilweise",
            "happy": "Ja",
            "before": "Vorheriger Artikel",
            "after": "Nächster Artikel",
            "results": "{n} Ergebnisse für „{query}“",
            "result": "{n} Ergebnis für „{query}“",
            "no_results": "Keine Ergebnisse für „{query}“",
            "try": "Prüfen Sie die Schreibweise, suchen Sie mit weniger Wörtern oder stöbern Sie"
            " in den Sammlungen.",
            "ask": "Geben Sie ein, wonach Sie suchen.",
            "lost": "Diese Seite gibt es nicht",
            "lost_why": "Vielleicht wurde sie verschoben, oder die Adresse ist falsch geschrieben.",
            "missing": "Noch nicht auf Deutsch verfügbar",
            "missing_why": "Diese Seite gibt es noch nicht in dieser Sprache, aber auf:",
            "home": "Zur Startseite",
            "empty": "Hier gibt es noch keine Artikel.",
            "copy_code": "Kopieren",
            "code_copied": "Kopiert",
            "date": "{day}. {month} {year}",
            "months": "Januar Februar März April Mai Juni Juli August September Oktober November"
            " Dezember",
        },
        "es": {
            "skip": "Ir al contenido",
            "headline": "¿Cómo podemos ayudarte?",
            "search": "Buscar",
            "search_for": "Buscar artículos",
            "all": "Todas las colecciones",
            "article": "{n} artículo",
            "articles": "{n} artículos",
            "by": "Escrito por {name}",
            "updated": "Actualizado el {date}",
            "contents": "En esta página",
            "trail": "Estás aquí",
            "language": "Idioma",
            "untranslated": "no disponible",
            "answered": "¿Ha quedado contestada tu pregunta?",
            "inert": "Las respuestas solo se cuentan en Intercom.",
            "sad": "No",
            "neutral": "En parte",
            "happy": "Sí",
            "before": "Artículo anterior",
            "after": "Artículo siguiente",
            "results": "{n} resultados para «{query}»",
            "result": "{n} resultado para «{query}»",
            "no_results": "Sin resultados para «{query}»",
            "try": "Revisa la ortografía, usa menos palabras o explora las colecciones.",
            "ask": "Escribe lo que buscas.",
            "lost": "Esta página no existe",
            "lost_why": "Puede que se haya movido o que la dirección esté mal escrita.",
            "missing": "Aún no está disponible en español",
            "missing_why": "Esta página no está publicada en este idioma. Puedes leerla en:",
            "home": "Ir a la página de inicio",
            "empty": "Todavía no hay artículos aquí.",
            "copy_code": "Copiar",
            "code_copied": "Copiado",
            "date": "{day} de {month} de {year}",
            "months": "enero febrero marzo abril mayo junio julio agosto septiembre octubre"
            " noviembre diciembre",
        },
        "pt-BR": {
            "skip": "Ir para o conteúdo",
            "headline": "Como podemos ajudar?",
            "search": "Pesquisar",
            "search_for": "Pesquisar artigos",
            "all": "Todas as coleções",
            "article": "{n} artigo",
            "articles": "{n} artigos",
            "by": "Escrito por {name}",
            "updated": "Atualizado em {date}",
            "contents": "Nesta página",
            "trail": "Você está aqui",
            "language": "Idioma",
            "untranslated": "indisponível",
            "answered": "Isto respondeu à sua pergunta?",
            "inert": "As respostas são contadas apenas no Intercom.",
            "sad": "Não",
            "neutral": "Em parte",
            "happy": "Sim",
            "before": "Artigo anterior",
            "after": "Próximo artigo",
            "results": "{n} resultados para “{query}”",
            "result": "{n} resultado para “{query}”",
            "no_results": "Nenhum resultado para “{query}”",
            "try": "Confira a ortografia, use menos palavras ou navegue pelas coleções.",
            "ask": "Digite o que você procura.",
            "lost": "Esta página não existe",
            "lost_why": "Ela pode ter sido movida, ou o endereço pode estar errado.",
            "missing": "Ainda não disponível em português",
            "missing_why": "Esta página não está publicada neste idioma. Você pode lê-la em:",
            "home": "Ir para a página inicial",
            "empty": "Ainda não há artigos aqui.",
            "copy_code": "Copiar",
            "code_copied": "Copiado",
            "date": "{day} de {month} de {year}",
            "months": "janeiro fevereiro março abril maio junho julho agosto setembro outubro"
            " novembro dezembro",
        },
        "ja": {
            "skip": "本文へ移動",
            "headline": "何をお探しですか？",
            "search": "検索",
            "search_for": "記事を検索",
            "all": "すべてのコレクション",
            "article": "{n} 件の記事",
            "articles": "{n} 件の記事",
            "by": "作成者：{name}",
            "updated": "更新日：{date}",
            "contents": "このページの内容",
            "trail": "現在の位置",
            "language": "言語",
            "untranslated": "未公開",
            "answered": "問題は解決しましたか？",
            "inert": "回答は Intercom でのみ集計されます。",
            "sad": "いいえ",
            "neutral": "一部",
            "happy": "はい",
            "before": "前の記事",
            "after": "次の記事",
            "results": "「{query}」の検索結果：{n} 件",
            "result": "「{query}」の検索結果：{n} 件",
            "no_results": "「{query}」に一致する記事はありません",
            "try": "綴りを確認するか、言葉を減らすか、コレクションからお探しください。",
            "ask": "お探しの内容を入力してください。",
            "lost": "ページが見つかりません",
            "lost_why": "移動したか、アドレスが正しくない可能性があります。",
            "missing": "日本語版はまだありません",
            "missing_why": "この言語では公開されていません。次の言語でお読みいただけます。",
            "home": "ホームへ戻る",
            "empty": "まだ記事がありません。",
            "copy_code": "コピー",
            "code_copied": "コピーしました",
            "date": "{year}年{month}{day}日",
            "months": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        },
        "ar": {
            "skip": "الانتقال إلى المحتوى",
            "headline": "كيف يمكننا مساعدتك؟",
            "search": "بحث",
            "search_for": "ابحث في المقالات",
            "all": "كل المجموعات",
            "article": "عدد المقالات: {n}",
            "articles": "عدد المقالات: {n}",
            "by": "بقلم {name}",
            "updated": "آخر تحديث: {date}",
            "contents": "في هذه الصفحة",
            "trail": "أنت هنا",
            "language": "اللغة",
            "untranslated": "غير متوفر",
            "answered": "هل أجاب هذا عن سؤالك؟",
            "inert": "تُحتسب الإجابات في Intercom فقط.",
            "sad": "لا",
            "neutral": "جزئيًا",
            "happy": "نعم",
            "before": "المقال السابق",
            "after": "المقال التالي",
            "results": "عدد النتائج عن «{query}»: {n}",
            "result": "عدد النتائج عن «{query}»: {n}",
            "no_results": "لا توجد نتائج عن «{query}»",
            "try": "تحقّق من الإملاء، أو استخدم كلمات أقل، أو تصفّح المجموعات.",
            "ask": "اكتب ما تبحث عنه.",
            "lost": "هذه الصفحة غير موجودة",
            "lost_why": "ربما نُقلت، أو أن العنوان غير صحيح.",
            "missing": "غير متوفر بالعربية بعد",
            "missing_why": "هذه الصفحة غير منشورة بهذه اللغة. يمكنك قراءتها باللغة:",
            "home": "الذهاب إلى الصفحة الرئيسية",
            "empty": "لا توجد مقالات هنا بعد.",
            "copy_code": "نسخ",
            "code_copied": "تم النسخ",
            "date": "{day} {month} {year}",
            "months": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        },
    }
)


def words_of(locale: str) -> Mapping[str, str]:
    """Return the site's words in `locale`, or in English."""
    return WORDS.get(STANDS_FOR.get(locale, locale), WORDS["en"])


def language(locale: str) -> str:
    """Return what the speakers of a language call it; the code itself when we do not know."""
    return LANGUAGES.get(locale, locale)


def direction(locale: str) -> str:
    """Return "rtl" or "ltr", as HTML's `dir` wants it."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


def date(locale: str, seconds: int) -> str:
    """Write a day out in `locale`; `seconds` since the epoch, in UTC."""
    words, day = words_of(locale), datetime.fromtimestamp(seconds, UTC)
    month = words["months"].split()[day.month - 1]
    return words["date"].format(day=day.day, month=month, year=day.year)


def iso(seconds: int) -> str:
    """Return a day as machines read it, "2026-11-20"; `seconds` since the epoch, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
