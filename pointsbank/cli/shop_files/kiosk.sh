#!/bin/bash
# 自助机：登录后打开的全屏页面 The kiosk's page, full screen, as soon as somebody has logged in.
# Written by `pointsbank shop-install`.
page="http://localhost:@port@/kiosk/"
# A profile of its own and no incognito: pairing and outbox must be there after a power cut.
profile="${XDG_CONFIG_HOME:-$HOME/.config}/pointsbank-kiosk"
browser=""
for name in @browsers@; do
  if command -v "$name" >/dev/null; then browser="$name"; break; fi
done
if [ -z "$browser" ]; then
  echo "没有浏览器 No browser: apt install chromium" >&2
  exit 127
fi
mkdir -p "$profile"
# The screen stays on.
if command -v xset >/dev/null; then xset s off s noblank -dpms 2>/dev/null; fi

while :; do
  until (: </dev/tcp/127.0.0.1/@port@) 2>/dev/null; do sleep 1; done
  # After a power cut it shall not ask whether to restore anything.
  preferences="$profile/Default/Preferences"
  if [ -f "$preferences" ]; then
    sed -i 's/"exit_type":"[^"]*"/"exit_type":"Normal"/' "$preferences"
  fi
  "$browser" --kiosk --user-data-dir="$profile" \
    --no-first-run --no-default-browser-check --noerrdialogs --hide-crash-restore-bubble \
    --disable-pinch --overscroll-history-navigation=0 --disable-features=Translate \
    --autoplay-policy=no-user-gesture-required --kiosk-printing --password-store=basic \
    --disable-component-update --check-for-update-interval=31536000 \
    "$page"
  # It was closed, or fell over: once more.
  sleep 2
done
