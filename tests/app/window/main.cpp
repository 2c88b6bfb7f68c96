#include <gmock/gmock.h>
#include <QApplication>
#include <QStandardPaths>

int main(int argc, char** argv)
{
    testing::InitGoogleMock(&argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName("heedmap-tests");
    QCoreApplication::setApplicationName("heedmap-tests");
    application.setStyle("Fusion");
    return RUN_ALL_TESTS();
}
