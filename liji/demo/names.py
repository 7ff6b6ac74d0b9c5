"""Words for the demo company: people, customers, products, courses. Invented; any likeness is chance."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢"
    "韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = _words(
    """
    子涵 雨桐 浩然 欣怡 宇轩 梓萱 俊杰 思远 佳宁 嘉豪 雪梅 志强 婷婷 文博
    海燕 天佑 晓琳 建华 美玲 立新 秋月 国栋 丽娜 明轩 若溪 泽宇 静怡 振东
    艺馨 鹏飞 诗雅 少华 紫薇 一鸣 慧敏 家明 依然 凯文 可欣 博文 春燕 伟杰
    清扬 乐怡 世杰 语嫣 景行 安琪 承志 芷若 新宇 晨曦 逸飞 舒雅 正阳 念慈
    """
)
CITIES = _words("上海 杭州 苏州 南京 宁波 广州 深圳 佛山 北京 天津 石家庄 成都 重庆 西安")
TRADES = _words("云帆 启明 鼎新 汇通 星河 蓝海 博锐 远景 恒信 凌云 瑞丰 天启 卓越 众联")
KINDS = _words("科技 物流 医疗器械 电子 食品 教育 建材 零售 机电 生物 传媒 服饰")
FORMS = _words("有限公司 股份有限公司 集团")
COURSES = _words("新产品培训 客户谈判技巧 客户跟进技巧 大客户销售方法 续费与客户成功 产品进阶培训")
LOST_BECAUSE = _words("价格 选择竞品 预算推迟 需求取消 联系不上")
LEFT_BECAUSE = _words("个人发展 薪酬不透明 家庭原因 去了竞争对手 业绩未达标")
PRODUCTS = (
    "人事云 标准版",
    "人事云 专业版",
    "薪酬云",
    "考勤云",
    "招聘云",
    "数据看板",
    "实施服务",
    "年度续费",
)
