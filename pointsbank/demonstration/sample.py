"""The demonstration's made-up community: its people, teams, goods and donors.

Nobody here exists. The numbers of volunteers begin with 9999, which no region has; telephones are
from a block that is not given out.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMUNITY = "晨光社区"
SHOP = "晨光社区积分超市"
TAGLINE = "公益银行 · 做好事，攒积分，换东西"
HELP_PHONE = "8651 2030"
OWN_MACHINES = {"kiosk": "演示机", "station": "演示签到台"}


@dataclass(frozen=True)
class SampleStaff:
    """Somebody who may log in; the password stands on the front page of the demonstration."""

    login: str
    password: str
    name: str
    roles: tuple[str, ...]
    title: str
    organisation: str | None = None


STAFF = (
    SampleStaff("limin", "demo-limin-2030", "李敏", ("worker", "admin"), "社区工作者"),
    SampleStaff("wangfang", "demo-wangfang-2030", "王芳", ("worker",), "社区工作者"),
    SampleStaff("chenbo", "demo-chenbo-2030", "陈伯平", ("witness", "auditor"), "监督员"),
    SampleStaff(
        "chaoshi", "demo-chaoshi-2030", "四新路便民超市", ("merchant",), "捐赠商户", "SIXIN"
    ),
)

# Who was here before and has handed over; no login of theirs opens anything any more.
LEFT = SampleStaff("zhoujing", "demo-zhoujing-2030", "周静", ("worker",), "社区工作者")

TEAMS = (
    ("“红喇叭”治安巡逻队", "治安巡逻", "平安综治"),
    ("敬老助残队", "探访老人", "关爱特殊群体"),
    ("环境保护队", "清洁家园", "环境保护"),
    ("便民服务队", "便民服务日", "社区服务"),
    ("课后辅导队", "课后辅导", "支教助学"),
    ("文艺演出队", "广场文艺", "文化艺术"),
)

# Name, sex, telephone, form of address at the kiosk.
PEOPLE = (
    ("张桂英", "female", "19900000011", "张阿姨"),
    ("刘建国", "male", "", "刘伯伯"),
    ("王秀兰", "female", "19900000013", "王阿姨"),
    ("陈志强", "male", "19900000014", "陈师傅"),
    ("杨玉珍", "female", "", "杨奶奶"),
    ("赵德明", "male", "19900000016", "赵爷爷"),
    ("黄丽华", "female", "19900000017", "黄阿姨"),
    ("周文斌", "male", "19900000018", ""),
    ("吴淑芬", "female", "19900000019", "吴阿姨"),
    ("徐海燕", "female", "19900000020", ""),
    ("孙长福", "male", "", "孙爷爷"),
    ("胡春梅", "female", "19900000022", "胡阿姨"),
    ("朱明月", "female", "19900000023", ""),
    ("高永年", "male", "19900000024", "高伯伯"),
    ("林翠萍", "female", "19900000024", "林阿姨"),
    ("何宝山", "male", "", "何师傅"),
    ("郭小红", "female", "19900000027", ""),
    ("马国庆", "male", "19900000028", "马师傅"),
    ("罗玉兰", "female", "", "罗奶奶"),
    ("梁𬍛", "male", "19900000030", ""),
    ("王㛃", "female", "19900000031", ""),
    ("张䶮", "male", "19900000032", ""),
    ("阿不都热依木·买买提", "male", "19900000033", ""),
    ("欧阳娜娜", "female", "19900000034", "欧阳阿姨"),
    ("宋来娣", "female", "", "宋奶奶"),
    ("唐建华", "male", "19900000036", "唐伯伯"),
    ("许慧敏", "female", "19900000037", ""),
    ("韩冬生", "male", "19900000038", "韩师傅"),
    ("冯秋菊", "female", "", "冯阿姨"),
    ("邓志远", "male", "19900000040", ""),
    ("曹月娥", "female", "19900000041", "曹阿姨"),
    ("彭树林", "male", "", "彭爷爷"),
    ("曾雪梅", "female", "19900000043", ""),
    ("肖金凤", "female", "19900000044", "肖阿姨"),
    ("田守信", "male", "", "田伯伯"),
    ("董桂兰", "female", "19900000046", "董奶奶"),
    ("张桂英", "female", "19900000047", "小张"),
    ("潘玉梅", "female", "", "潘阿姨"),
    ("袁立新", "male", "19900000049", ""),
    ("蒋爱国", "male", "19900000050", "蒋伯伯"),
)


@dataclass(frozen=True)
class SampleGoods:
    """A product of the shop, who gives it, and how many come with each delivery."""

    sku: str
    name: str
    name_en: str
    spec: str
    picture: str
    points: int
    fen: int | None
    donor: str
    pieces: int
    barcode: str | None = None
    limit_monthly: int | None = None
    shelf_days: int | None = None
    restock: tuple[str, str] | None = None


DONORS = (
    ("SIXIN", "四新路便民超市", "merchant"),
    ("QINGCHUAN", "晴川文具店", "merchant"),
    ("QINTAI", "琴台社区食堂", "merchant"),
    ("JIEFANG", "解放巷老街坊", "unit"),
)

GOODS = (
    SampleGoods(
        "XIYIYE",
        "洗衣液",
        "Detergent",
        "2 kg / 瓶",
        "detergent",
        230,
        2800,
        "SIXIN",
        24,
        "2000000000015",
        shelf_days=900,
    ),
    SampleGoods(
        "SHUBAO",
        "书包",
        "School bag",
        "中号",
        "schoolbag",
        260,
        3900,
        "QINGCHUAN",
        12,
        limit_monthly=1,
    ),
    SampleGoods(
        "XIANGZAO",
        "香皂",
        "Soap",
        "125 g",
        "soap",
        30,
        350,
        "SIXIN",
        120,
        "2000000000022",
        limit_monthly=5,
        shelf_days=900,
    ),
    SampleGoods(
        "SHUI550",
        "饮用天然水",
        "Spring water",
        "550 ml",
        "water",
        15,
        200,
        "QINTAI",
        150,
        "6921168509256",
        shelf_days=500,
    ),
    SampleGoods("MAOJIN", "毛巾", "Towel", "34×74 cm", "towel", 50, 690, "JIEFANG", 36),
    SampleGoods(
        "YAGAO",
        "牙膏",
        "Toothpaste",
        "120 g",
        "toothpaste",
        60,
        850,
        "SIXIN",
        40,
        "2000000000039",
        shelf_days=700,
    ),
    SampleGoods(
        "CHOUZHI", "抽纸", "Tissues", "3 包", "tissues", 45, 590, "SIXIN", 60, "2000000000046"
    ),
    SampleGoods(
        "DAMI",
        "大米",
        "Rice",
        "5 kg",
        "rice",
        320,
        3200,
        "QINTAI",
        2,
        "2000000000053",
        limit_monthly=1,
        shelf_days=450,
        restock=("周四补货", "Back on Thursday"),
    ),
    SampleGoods("TANGCIGANG", "搪瓷缸", "Enamel mug", "9 cm", "mug", 90, 1200, "JIEFANG", 16),
    SampleGoods(
        "SHUI570",
        "饮用水",
        "Water",
        "570 ml",
        "water-plain",
        12,
        150,
        "QINTAI",
        60,
        "6922255451427",
        shelf_days=450,
    ),
)

FAMILIES = ("某户1", "某户2", "某户3")
