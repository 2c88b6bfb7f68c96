#include "app/window/run_window.h"

#include "app/window/icons.h"
#include "app/window/main_window.h"
#include "app/window/theme.h"
#include "app/window/window_settings.h"

#include <QApplication>
#include <QEvent>

#include <cstdio>

namespace heedmap {

namespace {

/// Ends the program after the first frame of the window it watches, and says "shown".
class QuitWhenShown : public QObject
{
public:
    bool eventFilter(QObject* window, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            window->removeEventFilter(this);
            // The children are painted in the same pass, after the window: only the next turn of the loop is after all.
            QMetaObject::invokeMethod(qApp, &endShown, Qt::QueuedConnection);
        }
        return false;
    }

private:
    static void endShown()
    {
        std::puts("shown");
        std::fflush(stdout);
        QApplication::quit();
    }
};

} // namespace

int runWindow(QApplication& application, const WindowStart& start)
{
    loadIcons();
    applyTheme(application, savedTheme());
    EngineClient engine;
    MainWindow window(engine, CaptureCache(CaptureCache::standardFolder()));
    QuitWhenShown quitWhenShown;
    if (start.quitWhenShown)
        window.installEventFilter(&quitWhenShown);
    window.show();
    window.openShipped();
    for (const QString& file : start.files)
        window.openPath(file);
    if (start.demo)
        window.startDemo();
    return application.exec();
}

} // namespace heedmap
