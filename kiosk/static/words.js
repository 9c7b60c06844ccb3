/* Every sentence of the kiosk, by code, Chinese first. Facts stand in braces; {n:thing/things}
   chooses by number in English. A refusal has a title, what stayed safe, and a way on. */

export const WORDS = {
  "plate.open_until": ["今天开到 {time}", "Open until {time}"],
  "demo.mark": ["演示数据，不能当真", "Demonstration, not real"],
  "demo.tray": ["样卡和商品", "Sample cards, goods"],
  "demo.tray_close": ["收起", "Close"],
  "demo.tray_title": ["点一下，就像扫了一下", "A tap here is a scan"],

  "foot.exit": ["退出", "Exit"],
  "foot.type": ["大字朗读", "Large type"],
  "foot.language": ["English", "中文"],
  "foot.help": ["叫人帮忙", "Help"],
  "foot.privacy": ["个人信息", "Your data"],
  "foot.machine": ["{number} 号机", "Kiosk {number}"],
  "foot.online": ["在线", "online"],
  "foot.offline": ["断网", "offline"],

  "wall.title": ["货架", "Shelf"],
  "wall.call": ["请刷积分卡", "Scan your card"],
  "wall.how_1": ["把卡上的二维码对准下面的扫码口。", "Hold the card's QR code to the reader below."],
  "wall.how_2": ["也可以先扫商品，或点上面的图片。", "Or scan goods first, or touch a picture."],
  "wall.how_side": ["把卡上的二维码对准扫码口。也可以先扫商品，或点图片。",
    "Hold its QR code to the reader. Or scan goods first, or touch a picture."],
  "wall.number": ["没带卡？输 8 位号码", "No card? Type 8 digits"],
  "wall.camera": ["用摄像头扫码", "Scan by camera"],
  "wall.camera_on": ["摄像头开着，把码对准它也行。", "The camera is on: you may hold the code to it."],
  "wall.reading": ["正在读卡…", "Reading…"],
  "wall.pick": ["请扫商品，或点图片。", "Scan goods or touch a picture."],
  "wall.hours": ["约 {hours} 小时", "{hours} h"],
  "wall.left": ["剩 {n}", "{n} left"],
  "wall.few": ["只剩 {n}", "only {n}"],
  "wall.sold_out": ["已换完", "Gone"],
  "wall.restock_none": ["等补货", "More to come"],
  "wall.back_row": ["上一排", "Previous"],
  "wall.next_row": ["下一排", "Next"],
  "wall.page": ["第 {page} 页，共 {pages} 页", "Page {page} of {pages}"],
  "wall.to_basket": ["看篮子，{n} 件", "Basket: {n:thing/things}"],
  "wall.add": ["放进篮子", "put into the basket"],
  "wall.empty": ["货架上还没有东西。请找工作人员。", "There is nothing on the shelf yet. Please ask for help."],

  "points": ["分", "pts"],
  "sum.now": ["现有", "You have"],
  "sum.this": ["这次", "This time"],
  "sum.after": ["换完还剩", "Left after"],
  "sum.short": ["还差", "Short by"],
  "sum.hidden": ["点这里看", "Show"],
  "basket.title": ["篮子", "Basket"],
  "basket.count": ["已放 {n} 件", "{n:thing/things}"],
  "basket.each": ["每件 {n} 分", "{n} pts each"],
  "basket.just": ["刚放进来", "Just added"],
  "basket.minus": ["少一件 {name}", "One {name} less"],
  "basket.plus": ["多一件 {name}", "One {name} more"],
  "basket.remove": ["拿掉", "Remove"],
  "basket.remove_name": ["拿掉 {name}", "Remove {name}"],
  "basket.pictures": ["没有条码的，点图片放进来", "No barcode? Touch the picture"],
  "basket.all": ["看全部商品", "See all goods"],
  "basket.one_more": ["再挑一样", "Choose one more"],
  "basket.up": ["上", "Up"],
  "basket.down": ["下", "Down"],
  "basket.window": ["第 {from}–{to} 样，共 {n} 样", "{from}–{to} of {n}"],
  "basket.confirm": ["确认，换这 {n} 件", "Confirm {n:thing/things}"],
  "basket.confirm_side": ["确认，换 {n} 件", "Confirm {n:thing/things}"],
  "basket.checking": ["正在核对…", "Checking…"],
  "basket.card_call": ["请刷卡", "Scan your card"],
  "basket.card_how": ["刷了卡，才会换。", "Nothing is taken before that."],
  "basket.short_hint": ["拿掉一样就可以换。没有扣分。", "Remove one thing. Nothing was taken."],
  "basket.services": ["其他服务", "Other services"],
  "greet.plain": ["您好", "Hello"],
  "greet.aloud": ["朗读：开", "Aloud: on"],
  "news.known": ["知道了", "OK"],
  "news.more": ["知道了，还有 {n} 条", "OK, {n} more"],
  "news.owed": ["还欠 {n} 分，以后来的积分先补上。", "You owe {n} points; new points cover it first."],

  "done.title": ["换好了", "Done"],
  "done.sub": ["请拿好 {n} 件东西，慢走。", "Please take your {n:thing/things}."],
  "done.undone_title": ["这一笔已经撤销", "Undone"],
  "slip.number": ["小票号", "Slip"],
  "slip.before": ["换之前", "Before"],
  "slip.used": ["这次用了", "Used"],
  "slip.now": ["现在还有", "You now have"],
  "slip.donors": ["谢谢捐赠人：{names}", "With thanks to: {names}"],
  "slip.phone": ["有事请打社区电话 {phone}", "Questions? Call {phone}"],
  "slip.expiring": ["其中 {n} 分只能用到 {day}", "{n} points of them expire on {day}"],
  "slip.expiring_many": ["其中 {n} 分快到期，最早 {day}", "{n} points of them expire soon, the first on {day}"],
  "slip.undo_until": ["{time} 以前可以撤销一次", "May be undone once, until {time}"],
  "slip.more_lines": ["还有 {n} 样，打印的小票上都有", "{n} more on the printed slip"],
  "slip.hidden": ["不显示", "hidden"],
  "done.undo": ["换错了，撤销", "Undo this"],
  "done.undo_until": ["{time} 以前，只能一次", "once, until {time}"],
  "done.undo_late": ["撤销时间已过", "Too late to undo"],
  "done.print": ["打印小票", "Print slip"],
  "done.home": ["好了，回首页", "Finish"],
  "undo.title": ["要撤销这一次吗？", "Undo this?"],
  "undo.back": ["退回 {n} 分", "{n} points come back"],
  "undo.goods": ["这些东西请放回货架：", "Please put these back on the shelf:"],
  "undo.yes": ["撤销，退回 {n} 分", "Undo, give back {n} points"],
  "undo.no": ["不撤销", "Do not undo"],
  "undo.done": ["撤销好了，积分已退回。请把东西放回货架。", "Undone. Your points are back. Please put the goods back."],

  "time.title": ["您还在吗？", "Are you still there?"],
  "time.basket": ["再过 {n} 秒，篮子会清空。", "In {n} seconds the basket will be emptied."],
  "time.card": ["再过 {n} 秒，回到首页。", "In {n} seconds this goes back to the start."],
  "time.safe": ["不会扣您的分。", "No points will be taken."],
  "time.stay": ["我还在，接着换", "I am here, go on"],
  "time.leave": ["不换了", "I am finished"],
  "time.emptied": ["篮子清空了，没有扣分。", "The basket was emptied. Nothing was taken."],
  "time.other_card": ["换了一张卡，刚才的篮子清空了，没有扣分。",
    "Another card: the basket before was emptied. Nothing was taken."],
  "last.title": ["上次您选了{goods}，没有按确认。", "Last time you chose {goods} and did not confirm."],
  "last.ask": ["东西拿走了吗？", "Did you take it with you?"],
  "last.safe": ["还没有扣分。", "No points have been taken yet."],
  "last.taken": ["拿走了，补记 {n} 分", "Taken: book {n} points"],
  "last.not": ["没拿", "Not taken"],
  "last.later": ["想不起来，以后再说", "Not sure: ask me later"],
  "last.booked": ["补记好了，用了 {n} 分。", "Booked: {n} points were used."],
  "last.closed": ["知道了，没有扣分。", "Thank you. Nothing was taken."],
  "left.emptied": ["已退出，没有扣分。", "You have left. Nothing was taken."],

  "switch.title": ["大字和朗读", "Large type, read aloud"],
  "switch.large": ["大字", "Large type"],
  "switch.aloud": ["朗读", "Read aloud"],
  "switch.on": ["开", "on"],
  "switch.off": ["关", "off"],
  "switch.no_voice": ["没有语音，只有提示音", "No voice on this machine, sounds only"],
  "switch.close": ["好了", "Close"],
  "help.title": ["已经通知工作人员", "Staff have been told"],
  "help.wait": ["请稍等。没人来请打 {phone}", "Please wait. Or call {phone}"],
  "help.failed": ["没叫到人", "Nobody could be told"],
  "help.call": ["请打 {phone}", "Please call {phone}"],
  "help.close": ["好的", "OK"],

  "checking.title": ["正在核对，请别走开", "Checking, please wait"],
  "checking.safe": ["不会扣两次。一般十几秒就好。", "You will not be charged twice."],
  "checking.long": ["还没连上。您可以按「退出」，没换成就不会扣分。",
    "Still no answer. You may exit: what did not go through is not charged."],
  "recovered.title": ["刚才那次换成了", "It did go through"],
  "recovered.detail": ["小票 {slip}，{n} 分。您不用再按。", "Receipt {slip}, {n} points. No need to press again."],
  "recovered.plain": ["您不用再按。", "No need to press again."],
  "recovered.not": ["刚才那次没有换成，没有扣分。", "The last one did not go through. Nothing was taken."],
  "closed.title": ["时钟不对，先停办", "Closed: the clock is wrong"],
  "closed.safe": ["没有扣您的分。有人核对了日期，这里自己会开。", "Nothing was taken. It opens by itself once staff have checked the date."],
  "closed.now": ["这台机器以为现在是 {stamp}。", "This machine believes it is {stamp}."],
  "closed.counter": ["请稍等，或叫人帮忙", "Please wait, or ask for help"],
  "line.lost": ["网断了，现在换不了。通了会响一声。", "No connection. It rings when it is back."],
  "line.back": ["网通了，可以换了。", "The connection is back."],

  "sign.band": ["现在有活动：{name}。刷卡签到。", "Open now: {name}. Scan to sign in."],
  "sign.band_many": ["现在有活动：{name}，还有 {n} 个。刷卡签到。", "Open now: {name} and {n} more. Scan to sign in."],
  "sign.band_until": ["到 {time}", "until {time}"],
  "sign.band_until_tomorrow": ["到明天 {time}", "until {time} tomorrow"],
  "sign.in": ["签到：", "Sign in: "],
  "sign.in_many": ["签到（{n} 个活动）", "Sign in ({n} activities)"],
  "sign.out": ["签退：", "Sign out: "],
  "sign.pick": ["签到哪一个？", "Sign in to which?"],
  "sign.pick_where": ["{place} · {from}–{to}", "{place} · {from}–{to}"],
  "sign.pick_back": ["先不签，回去", "Not now"],
  "sign.in_title": ["签到好了", "Signed in"],
  "sign.in_sub": ["{who}，{time} 签到。走的时候再刷卡签退。", "{who}, at {time}. Scan again to sign out when you leave."],
  "sign.out_title": ["签退好了", "Signed out"],
  "sign.out_sub": ["做了 {length}，审核后计入。", "{length}; counts after review."],
  "sign.out_leader": ["做了 {length}，队长确认、审核后计入。", "{length}; counts after the leader and a review."],
  "sign.stopped_title": ["已经停表", "The clock had stopped"],
  "sign.stopped_sub": ["先记 {length}，队长会核对。", "{length} noted; the leader will check."],
  "sign.take_back": ["按错了，撤销签到", "A mistake? Take it back"],
  "sign.take_back_until": ["{time} 以前", "until {time}"],
  "sign.taken_back": ["签到撤销了，什么都没记。", "The sign-in was taken back. Nothing is noted."],
  "sign.shop": ["接着换东西", "Go on to the shelf"],

  "station.machine": ["{number} 号签到台", "Station {number}"],
  "station.today": ["今天的活动", "Today's activities"],
  "station.call": ["请刷卡", "Scan your card"],
  "station.how": ["来的时候刷一下，走的时候再刷一下。", "Once when you come, once when you go."],
  "station.now": ["现在签到", "Open now"],
  "station.here": ["{n} 人在", "{n} here"],
  "station.from": ["{time} 起签到", "from {time}"],
  "station.more": ["今天还有 {n} 个", "{n} more today"],
  "station.none": ["今天这里没有活动。", "Nothing takes place here today."],
  "station.none_how": ["活动安排好了，到时候会自己出现。", "What is planned appears here by itself."],
  "station.phone_scan": ["没带卡？手机扫，或输：", "No card? Scan by phone, or type:"],
  "station.phone_type": ["没带卡？在手机上输：", "No card? Type on your phone:"],
  "station.ready": ["好了", "Done"],
  "station.home": ["知道了，回去", "Go back"],
  "station.back": ["不签了，回去", "Not now"],
  "station.tray": ["样卡", "Sample cards"],
  "station.line_lost": ["网断了，现在签不了。请队长点名，通了会响一声。", "No connection. Let the leader call names; it rings when it is back."],
  "station.line_back": ["网通了，可以刷卡了。", "The connection is back."],
  "station.closed_safe": ["现在签不了，请队长点名。有人核对了日期，这里自己会开。", "Let the leader call names. It opens by itself once staff have checked the date."],
  "station.pair_sub": ["在办公室的「设备」页面选「签到台」取码，10 分钟内有效。", "Staff get it on the office's devices page, as a station; it is good for 10 minutes."],
  "station.pair_kind": ["这个码是给自助机的。请选「签到台」重新取一个。", "This code is for a kiosk. Please get one for a station."],
  "station.pin_wrong": ["密码不对，还可以试 {left} 次。", "Wrong PIN. {left} tries left."],

  "pad.number_title": ["请输卡上的 8 位号码", "Type the card's 8 digits"],
  "pad.number_sub": ["印在卡上，最大的一行数字。", "The largest figures on the card."],
  "pad.number_wrong": ["号码不对，请对着卡再输一遍。", "Not a right number. Please type it again."],
  "pad.clear": ["清空", "Clear"],
  "pad.delete": ["删一位", "Back"],
  "pin.title": ["请输入 6 位密码", "Type your 6-digit PIN"],
  "pin.number": ["号码记下了，还要您的密码。", "Now your PIN as well, please."],
  "pin.sum": ["今天满 {from_points} 分起，要您本人同意。", "Needed from {from_points} points a day."],
  "pin.again": ["过了 3 分钟，请再输一次。没有扣分。", "Three minutes have passed: once more, please. Nothing was taken."],
  "pin.wrong": ["密码不对，还可以试 {left} 次。没有扣分。", "Wrong PIN. {left} tries left. Nothing was taken."],
  "pin.hint": ["请用手挡一挡再输。忘了密码，请按「叫人帮忙」。", "Cover the keys. Forgotten? Press Help."],
  "pin.typed": ["已输 {n} 位，共 6 位", "{n} of 6 digits typed"],
  "pin.back": ["先不换，回到篮子", "Not now, back to the basket"],
  "pad.back": ["不输了，回去", "Go back"],
  "pair.title": ["请输 12 位配对码", "Type the 12-digit pairing code"],
  "pair.sub": ["工作人员在办公室的「设备」页取码，10 分钟内有效。", "Staff get it on the office's devices page; it is good for 10 minutes."],
  "pair.counter": ["配对好了就能刷卡", "Cards can be scanned once it is paired"],
  "pair.wrong": ["这个码不对，或者已经过期。请重新取一个。", "This code is wrong or too old. Please get a new one."],
  "pair.no_line": ["连不上服务器，请看看网线。", "The server cannot be reached."],

  "refusal.safe": ["没有扣您的分。", "Nothing was taken."],
  "refusal.other": ["挑一样别的", "Choose another"],
  "refusal.back": ["回到篮子", "Back to basket"],
  "refusal.home": ["回首页", "Start page"],
  "refusal.count": ["篮子里还有 {n} 件", "{n:thing/things} in the basket"],
  "refusal.without": ["不要{name}，换这 {n} 件", "Without it: confirm {n:thing/things}"],
  "refusal.aside": ["没放进来", "Not taken"],
};

/** Refusals by code: title and what to do, in both languages. */
export const REFUSALS = {
  "people.card_unknown": {
    zh: ["这张卡不认识", "请再刷一次，把码对正。还不行，请叫人帮忙。"],
    en: ["We don't know this card", "Scan it again, held straight. Or ask for help."] },
  "kiosk.card_back": {
    zh: ["请把卡翻过来", "刷有 8 位号码的那一面。没有扣分。"],
    en: ["Please turn the card over", "Scan the side with the 8 digits. Nothing was taken."] },
  "people.card_blocked": {
    zh: ["这张卡已经停用", "您的积分都在。请用新卡，或请工作人员帮忙。"],
    en: ["This card is no longer used", "Your points are safe. Use your new card or ask for help."] },
  "people.ask_at_desk": {
    zh: ["请到服务台问一问", "这次没有办成，也没有扣分。工作人员会帮您。"],
    en: ["Please ask at the desk", "Nothing was done and nothing was taken. A worker will help you."] },
  "people.pin_needed": {
    zh: ["只输号码还不够", "还要 6 位密码。请再试一次，或者刷卡上的二维码。"],
    en: ["The number alone is not enough", "The PIN belongs to it. Try again, or scan the card's QR code."] },
  "people.pin_wrong": {
    zh: ["密码不对", "没有扣分。请再试一次。"],
    en: ["Wrong PIN", "Nothing was taken. Please try again."] },
  "people.pin_locked": {
    zh: ["密码错了 5 次，先锁一会儿", "没有扣分。{until} 以后再试，或者带证件到服务台换一个。"],
    en: ["Five wrong PINs: please wait", "Nothing was taken. Try again after {until}, or get a new one at the desk."] },
  "people.pin_blocked": {
    zh: ["密码锁住了", "为了您的积分安全。请带证件到服务台重设。积分都在。"],
    en: ["The PIN is locked", "To keep your points safe. Reset it at the desk. All points are still there."] },
  "people.pin_missing": {
    zh: ["这张卡还没有密码", "没有扣分。请刷卡上的二维码，或者到服务台领一个密码。"],
    en: ["This card has no PIN yet", "Nothing was taken. Scan the card's QR code, or get a PIN at the desk."] },
  "people.proof_expired": {
    zh: ["请再输一次密码", "过了 3 分钟。没有扣分。"],
    en: ["Please type the PIN again", "Three minutes have passed. Nothing was taken."] },
  "inventory.barcode_unknown": {
    zh: ["这个条码还没登记", "已经记下，工作人员会来处理。可以点图片找这样东西。"],
    en: ["This barcode is not listed yet", "We noted it. Look for the picture instead."] },
  "inventory.goods_unknown": {
    zh: ["这样东西现在不能换", "没有扣分。请挑一样别的。"],
    en: ["This cannot be taken now", "Nothing was taken. Please choose another."] },
  "inventory.past_best_before": {
    zh: ["{name}过了日期", "没有扣分。请放进旁边的回收篮，换一件再扫。"],
    en: ["{name} is past its date", "Nothing was taken. Put it in the return basket and take another."] },
  "ledger.insufficient_balance": {
    zh: ["还差 {short} 分", "没有扣分。拿掉一样就可以换。"],
    en: ["{short} points short", "Nothing was taken. Remove one thing and try again."] },
  "ledger.owed_first": {
    zh: ["还欠 {owed} 分，先补上才能换", "没有扣分。有疑问请叫人帮忙。"],
    en: ["You owe {owed} points first", "Nothing was taken. Please ask for help."] },
  "redemption.sold_out": {
    zh: ["{name}刚刚被换完了", "没有扣您的分。{restock}"],
    en: ["{name} has just run out", "Nothing was taken. {restock}"] },
  "redemption.price_changed": {
    zh: ["{name}现在是 {now} 分", "刚刚改的价，原来 {was} 分。没有扣分，您看看还换不换。"],
    en: ["{name} is now {now} points", "It was {was}. Nothing was taken. Do you still want it?"] },
  "redemption.item_limit": {
    zh: ["{name}这个月换满了", "每人每月 {limit} 件，{until}起又可以换。没有扣分。"],
    en: ["Monthly limit for {name} reached", "{limit} a month each. Again from {until}. Nothing was taken."] },
  "redemption.daily_limit": {
    zh: ["今天换得够多了", "每天最多 {limit} 分，今天还能换 {left} 分。明天零点重新算。没有扣分。"],
    en: ["Enough for today", "Daily limit {limit} points; {left} left today. It starts again at midnight. Nothing was taken."] },
  "redemption.out_of_hours": {
    zh: ["现在不能换", "{opens} 开门。没有扣分。"],
    en: ["The shop is closed", "It opens at {opens}. Nothing was taken."] },
  "redemption.closed_today": {
    zh: ["今天不是兑换的日子", "{until}起可以换。没有扣分。"],
    en: ["Nothing is given today", "Again on {until}. Nothing was taken."] },
  "redemption.points_too_few": {
    zh: ["满 {needed} 分才能开始换", "还差 {short} 分。没有扣分。"],
    en: ["It begins at {needed} points", "{short} points to go. Nothing was taken."] },
  "redemption.hours_too_few": {
    zh: ["服务满 {hours} 小时才能开始换", "还差 {short} 小时。没有扣分。"],
    en: ["It begins after {hours} hours of service", "{short} hours to go. Nothing was taken."] },
  "redemption.times_limit": {
    zh: ["这一期的次数换满了", "一期最多换 {limit} 次，{until}起又可以换。没有扣分。"],
    en: ["You have been here often enough", "At most {limit:time/times}. Again from {until}. Nothing was taken."] },
  "redemption.item_share": {
    zh: ["{name}换满了", "最多 {limit} 件，{until}起又可以换。没有扣分。"],
    en: ["Your share of {name} is taken", "At most {limit}. Again from {until}. Nothing was taken."] },
  "redemption.item_share_for_good": {
    zh: ["{name}换满了", "最多 {limit} 件，可以换别的。没有扣分。"],
    en: ["Your share of {name} is taken", "At most {limit}. Please choose another. Nothing was taken."] },
  "redemption.quote_expired": {
    zh: ["等得久了，请再看一遍", "没有扣分。看好了再按一次黄色按钮。"],
    en: ["Please look once more", "It took a while. Nothing was taken. Then press the yellow button again."] },
  "redemption.quote_unreadable": {
    zh: ["请再看一遍篮子", "没有扣分。看好了再按一次黄色按钮。"],
    en: ["Please look at the basket again", "Nothing was taken. Then press the yellow button again."] },
  "redemption.total_differs": {
    zh: ["数目变了，请再看一遍", "没有扣分。看好了再按一次黄色按钮。"],
    en: ["The sum has changed", "Nothing was taken. Look again, then press the yellow button."] },
  "redemption.recount_first": {
    zh: ["{name}要先请工作人员点一点", "没有扣分。请按「叫人帮忙」，或先换别的。"],
    en: ["Staff must count {name} first", "Nothing was taken. Press Help, or choose another."] },
  "redemption.undo_too_late": {
    zh: ["撤销时间已过", "可以撤到 {until}。请按「叫人帮忙」，工作人员可以办。"],
    en: ["The time to undo has passed", "It ended at {until}. Staff can still help."] },
  "redemption.already_undone": {
    zh: ["这一笔已经撤销过了", "积分已经退回，不用再按。"],
    en: ["Already undone", "The points are back."] },
  "redemption.not_own": {
    zh: ["这一笔不是这张卡换的", "请用当时的卡，或请工作人员帮忙。"],
    en: ["Another card made this", "Please use that card, or ask for help."] },
  "activities.not_open": {
    zh: ["活动还没有开放签到", "{begins} 开始。请找队长，或按「叫人帮忙」。"],
    en: ["The activity is not open yet", "It begins at {begins}. Ask the leader, or press Help."] },
  "activities.not_begun": {
    zh: ["还没到签到的时候", "{opens} 起可以签到。"],
    en: ["Too early to sign in", "You can sign in from {opens} on."] },
  "activities.over": {
    zh: ["活动已经结束", "{ended} 结束的。有疑问请找队长，或按「叫人帮忙」。"],
    en: ["The activity is over", "It ended at {ended}. Ask the leader, or press Help."] },
  "activities.cancelled": {
    zh: ["活动取消了", "请问队长，或按「叫人帮忙」。"],
    en: ["The activity was called off", "Ask the leader, or press Help."] },
  "activities.full": {
    zh: ["人满了", "这个活动限 {most} 人。请看看别的活动。"],
    en: ["It is full", "This activity takes {most} people."] },
  "activities.not_joined": {
    zh: ["还没有报名", "这个活动要先报名。请找队长，或按「叫人帮忙」。"],
    en: ["You have not joined", "This activity has to be joined first. Ask the leader, or press Help."] },
  "activities.already_signed_in": {
    zh: ["已经签到了", "{since} 签到的，走的时候再刷卡签退。"],
    en: ["Already signed in", "Since {since}. Scan again when you leave."] },
  "activities.signed_in_elsewhere": {
    zh: ["在别的活动签到了", "{since} 签到的，还没签退。请先到那里签退，或找队长。"],
    en: ["Signed in elsewhere", "Since {since}. Sign out there first, or ask the leader."] },
  "activities.not_signed_in": {
    zh: ["还没有签到", "请先签到。忘了签到，请找队长补。"],
    en: ["Not signed in", "Sign in first. If you forgot to, ask the leader."] },
  "activities.just_signed_in": {
    zh: ["刚刚签到", "满一分钟才能签退。按错了，请找队长。"],
    en: ["Just signed in", "You can sign out after a minute."] },
  "activities.clock_stopped": {
    zh: ["忘了签退，已经停表", "算到 {at}，共 {minutes} 分钟。队长会核对。"],
    en: ["The clock has stopped", "Counted until {at}: {minutes} minutes. The leader will check."] },
  "activities.elsewhere": {
    zh: ["这个活动不在这里签到", "请到活动的地方签到、签退。"],
    en: ["Signed in elsewhere", "Please sign in where it takes place."] },
  "activities.volunteers_only": {
    zh: ["这张卡不能签到", "签到要用志愿者本人的卡。"],
    en: ["This card signs nobody in", "A volunteer's own card is needed."] },
  "activities.too_young": {
    zh: ["这个活动要满 {age} 岁", "请看看别的活动。"],
    en: ["One must be {age}", "Please look for another activity."] },
  "activities.age_unknown": {
    zh: ["这个活动要满 {age} 岁", "您还没有登记出生年份，请到服务台补上。"],
    en: ["One must be {age}", "No year of birth is known. Have it entered at the desk."] },
  "activities.minor_in_danger": {
    zh: ["未成年人不能参加", "这个活动有危险，请看看别的活动。"],
    en: ["Not for minors", "This activity is dangerous. Please look for another one."] },
  "activities.take_back_too_late": {
    zh: ["撤销时间已过", "可以撤到 {until}。请找队长，或按「叫人帮忙」。"],
    en: ["Too late to take it back", "It ended at {until}. Ask the leader, or press Help."] },
  "activities.attendance_decided": {
    zh: ["这次签到已经办过了", "不用再按。"],
    en: ["Already dealt with", "There is no need to press again."] },
  "foundation.too_busy": {
    zh: ["现在人多，请等十秒再按", "没有扣分。"],
    en: ["Busy: please wait ten seconds", "Nothing was taken. Then press again."] },
  "foundation.key_reused": {
    zh: ["请再看一遍篮子", "没有扣分。看好了再按一次黄色按钮。"],
    en: ["Please look at the basket again", "Nothing was taken. Then press the yellow button again."] },
  "kiosk.no_connection": {
    zh: ["网断了，现在换不了", "没有扣分。通了会响一声，请再刷一次卡。也可以打 {phone}。"],
    en: ["No connection", "Nothing was taken. It rings when it is back; scan your card again. Or call {phone}."] },
  "station.no_connection": {
    zh: ["网断了，没有签上", "通了会响一声，请再刷一次。也可以请队长点名。"],
    en: ["No connection: not signed", "It rings when it is back; scan again. Or ask the leader."] },
  "station.not_a_card": {
    zh: ["这不是积分卡", "请刷卡上的二维码。没带卡，可以输 8 位号码。"],
    en: ["This is no points card", "Scan the card's QR code, or type its 8 digits."] },
  "station.nothing_open": {
    zh: ["现在没有可以签到的活动", "请看看上面的时间，或找队长。"],
    en: ["Nothing is open now", "Look at the times, or ask the leader."] },
  "station.too_often": {
    zh: ["请歇一会儿", "这台平板 2 分钟后再用，或请队长点名。"],
    en: ["Please wait 2 minutes", "Or ask the leader to call your name."] },
  "station.too_busy": {
    zh: ["现在人多，请等十秒再刷", "刚才的没有记。"],
    en: ["Busy: please wait ten seconds", "Then scan again. Nothing was noted."] },
  "station.other": {
    zh: ["这次没有签上", "请再刷一次，或请队长点名。"],
    en: ["That did not work", "Scan again, or ask the leader."] },
  "kiosk.sold_out_tile": {
    zh: ["{name}已经换完了", "{restock}可以先挑一样别的。"],
    en: ["{name} is gone", "{restock} Please choose another."] },
  "kiosk.too_often": {
    zh: ["请歇一会儿", "没有扣分。这台机器 2 分钟后再用，或请工作人员来。"],
    en: ["Please wait 2 minutes", "Nothing was taken. Or ask for help."] },
  "kiosk.other": {
    zh: ["这次没有办成", "没有扣分。请再试一次，或请工作人员帮忙。"],
    en: ["That did not work", "Nothing was taken. Please try again or ask for help."] },
};

function fill(sentence, facts) {
  return sentence
    .replace(/\{(\w+):([^/}]+)\/([^}]+)\}/g, (_, name, one, many) =>
      `${facts[name]} ${Number(facts[name]) === 1 ? one : many}`)
    .replace(/\{(\w+)\}/g, (_, name) => `${facts[name] ?? ""}`)
    .replace(/ +/g, " ").trim();
}

/** A sentence, before its facts are filled in, in what points are called here: the very rule of the
    bank's own sentences (web/currency.py). A points card (积分卡) stays one; minutes (分钟) are no unit. */
export function inCurrency(sentence, language, currency) {
  if (!currency) return sentence;
  if (language !== "zh-CN") {
    if (currency.name_en === "points") return sentence;
    return sentence.replace(/\bpts\b/g, currency.name_en).replace(/\b([Pp])oints\b(?! cards?)/g,
      (_, first) => (first === "P" ? currency.name_en[0].toUpperCase() + currency.name_en.slice(1) : currency.name_en));
  }
  if (sentence === "分") return currency.unit;
  return sentence.replace(/(?<=[\d}] )分(?!钟)/g, currency.unit)
    .replace(/积分(?!卡)|(?<=扣|欠|计|给|扣您的)分(?!钟)/g, currency.name);
}

/** The sentence of a code in the person's language; `naming` names its points. */
export function say(language, code, facts = {}, naming = (sentence) => sentence) {
  const pair = WORDS[code];
  return fill(naming(language === "zh-CN" ? pair[0] : pair[1]), facts);
}

/** Title and detail of a refusal. An unknown code takes the bank's own sentence, else a plain one. */
export function sayRefusal(language, refusal, facts, naming = (sentence) => sentence) {
  const known = REFUSALS[refusal.code];
  if (!known && refusal.title) return { title: refusal.title, detail: refusal.detail || "" };
  const words = (known ?? REFUSALS["kiosk.other"])[language === "zh-CN" ? "zh" : "en"];
  return { title: fill(naming(words[0]), facts), detail: fill(naming(words[1]), facts) };
}
