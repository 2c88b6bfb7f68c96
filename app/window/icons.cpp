#include "app/window/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

/// Outside the namespace, where the macro needs it: resources of a static library must be asked for by name.
static void initializeIconResource()
{
    Q_INIT_RESOURCE(icons);
}

namespace heedmap {

namespace {

QByteArray svgSource(const QString& name)
{
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Paints an SVG whose ink is written as `currentColor` in the palette's text colour of the moment.
class InkEngine : public QIconEngine
{
public:
    explicit InkEngine(QByteArray svg) : m_svg(std::move(svg)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        const QColor ink =
            palette.color(mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active, QPalette::ButtonText);
        QByteArray colored = m_svg;
        QSvgRenderer(colored.replace("currentColor", ink.name().toLatin1())).render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new InkEngine(m_svg); }

private:
    QByteArray m_svg;
};

} // namespace

void loadIcons()
{
    initializeIconResource();
}

QIcon themedIcon(const QString& name)
{
    return QIcon(new InkEngine(svgSource(name)));
}

QIcon programIcon()
{
    return QIcon(new InkEngine(svgSource(QStringLiteral("heedmap"))));
}

} // namespace heedmap
