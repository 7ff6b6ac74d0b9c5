"""The pages for what went wrong, in the reader's language."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: it is there, but not for this user."""
    return render(request, "web/403.html", status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "web/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: rendered without the database, which may be what is broken."""
    return HttpResponse(_BROKEN, status=500)


# Plain, in both languages: whatever failed may also be what a template needs.
_BROKEN = """<!doctype html>
<html lang="zh-hans">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>立激 Liji</title>
<h1>出错了</h1>
<p>数据没有丢失。请稍后重试；若仍不行，请联系管理员。</p>
<p><a href="/">返回首页</a></p>
<div lang="en">
<h1>Something went wrong</h1>
<p>No data is lost. Try again in a moment; if it stays, tell your admin.</p>
<p><a href="/">To the first page</a></p>
</div>
</html>
"""
